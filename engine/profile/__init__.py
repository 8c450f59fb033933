"""Volume and time at price; the room is empty until its issue is taken."""
