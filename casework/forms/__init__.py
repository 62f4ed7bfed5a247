"""What people type, checked and turned into what the verbs take."""
