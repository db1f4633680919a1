//! The files that Loupe is deployed with: what can be held against the programs themselves and against schemas.
//!
//! No engine of containers and no Kubernetes runs here: no image is built and nothing is started by these files. docs/OPERATIONS.md
//! says so too.

mod chart;
mod compose;
mod files;
mod images;
mod scaling;
mod sizing;
