//! The files of a corpus folder.
