//! JSON: the flat event of DOMAIN "Events over HTTP".
