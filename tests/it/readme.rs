//! The README keeps its word.
