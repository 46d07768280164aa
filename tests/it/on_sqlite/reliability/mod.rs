//! What is answered lasts, on `SQLite`: the process is killed, its syncs are counted, another writer holds the file.

mod busy;
mod kill;
mod syncs;
