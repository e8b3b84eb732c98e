//! A node that follows a script.
