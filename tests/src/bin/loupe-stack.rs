//! The stack's executable for the tests of this crate, which Cargo builds before them.

fn main() -> std::process::ExitCode {
    loupe_local::cli::main()
}
