"""The JSON API: the rulebook, the questions, an assessment and its report, for other people's systems. It keeps nothing."""
