"""Static files with their hash in the name, compressed once, kept by browsers for a year."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites `import` in ES modules; unfold's stylesheets name files they do not ship, so it is lenient."""

    manifest_strict = False
    support_js_module_import_aggregation = True
