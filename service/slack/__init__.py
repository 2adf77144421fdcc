"""The Slack bot: a client of the service's HTTP API, on Slack Bolt for Python (the extra ``slack``)."""
