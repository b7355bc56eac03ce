"""Who may ask, from where, and with what: refusals, headers, logins."""
