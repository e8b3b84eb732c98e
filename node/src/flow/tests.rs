//! Stories with a node that follows a script.
