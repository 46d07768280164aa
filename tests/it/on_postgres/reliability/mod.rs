//! What is answered lasts, on `PostgreSQL`: the server is killed, its syncs are counted, transactions fail to serialise.

mod cluster;
mod collisions;
mod kill;
mod syncs;
