"""The panes and bars of the screens: each draws what it is given and asks nobody."""
