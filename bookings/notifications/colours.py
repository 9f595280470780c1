"""The colours of emails, each once. Mail programs know no custom properties: the templates ask `{% colour "ink" %}`."""

SITE = {  # the tokens of static/css/site.css by their names: another clinic changes both
    "ink": "#14302b",
    "text": "#2a3b37",
    "muted": "#56655f",
    "stone": "#f2ece2",
    "line": "#ddd3c3",
    "green": "#1d4a40",
    "brass": "#80602f",
    "on": "#fff",
    "crisis": "#6d1b22",
}
OWN = {
    "card": "#fffdfa",
    "box": "#eef2ec",
    "help": "#fbf0ee",
    "help_line": "#e8cdc9",
    "bar": "#fff0c9",  # over an email that staff look at
    "bar_text": "#4a3600",
}
DARK = {
    "dark_page": "#0f1a17",
    "dark_line": "#31443c",
    "dark_brass": "#d3b27a",
    "dark_card": "#182521",
    "dark_text": "#d8e2db",
    "dark_ink": "#f3f6f1",
    "dark_muted": "#a9b8b0",
    "dark_link": "#a8d5c4",
    "dark_box": "#21332d",
    "dark_button_text": "#0f2a22",
    "dark_help_line": "#5c3836",
    "dark_help": "#2b1d1d",
    "dark_crisis": "#f5cfca",
}
COLOURS = SITE | OWN | DARK
