"""The house rules that no tool checks. Each rule takes a tree, so that it can be shown to fail on a made-up one."""
