"""What is drawn, as plain lines of marked text: no terminal and no Textual is needed for it."""
