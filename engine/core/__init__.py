"""What everything above is made of: instruments, sessions, bars, parameters, setups."""
