//! Generated files are fresh; UPDATE_DOCS=1 rewrites them.
