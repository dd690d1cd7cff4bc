"""Who asks, and what they may do: clients, roles, the teacher's passcode and rules, quotas."""
