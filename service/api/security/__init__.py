"""Who may ask the service, how much and from where: ``guard.py`` puts it together, docs/security.md describes it."""
