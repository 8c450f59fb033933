"""The only place where everything meets: studies, settings, runs and the command line."""
