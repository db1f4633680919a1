//! `POST /v1/events` against a sink in memory: every content type, encoding, limit, verdict and refusal.

mod access;
mod fixture;
mod formats;
mod limits;
mod outage;
mod verdicts;
