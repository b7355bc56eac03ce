"""What is known of the press in all languages: its agencies, how authors are introduced, and large cities."""
