"""Each part of a net, examined by itself: what it gives, beside what it should."""
