"""What each figure is tested with, a module a figure."""
