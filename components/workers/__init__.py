"""Workers: the script, how it runs, where it answers, and a gradual rollout."""
