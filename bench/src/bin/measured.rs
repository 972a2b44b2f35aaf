//! What is measured: the whole server, with the agents that are made for it.

fn main() -> std::process::ExitCode {
    swaig_bench::agents::link();
    swaig::main()
}
