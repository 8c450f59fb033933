"""Clock, feed, broker and risk; the room is empty until its issue is taken."""
