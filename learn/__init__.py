"""Models as makers of attributes; the room is empty until its issue is taken."""
