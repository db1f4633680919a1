//! The default run: the whole of Loupe on one machine.

fn main() -> std::process::ExitCode {
    loupe_local::cli::main()
}
