"""The pitfalls themselves, a module for each part or share of one."""
