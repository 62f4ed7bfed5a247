"""The demo: invented people, agencies and cases, brought to where they stand by the real verbs."""
