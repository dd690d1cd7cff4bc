"""Training runs on the disk: their folders, who may change them, and what can be done with one."""
