// htmx would write a style element of its own into the page; the policy of config/headers.py lets none in.
window.htmx.config.includeIndicatorStyles = false;
