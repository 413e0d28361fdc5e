//! Ctrl-C and `kill` leave no half output.

/// From now on SIGINT and SIGTERM remove what is unfinished before they end the program, with the exit codes that shells expect.
#[cfg(unix)]
pub(crate) fn clean_up_when_stopped() {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else {
        // Without handlers the signals end the program all the same; what is unfinished stays under its temporary name.
        return;
    };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            if einmal::write::begin_removal() {
                #[expect(clippy::exit, reason = "there is nothing to unwind: everything unfinished is removed")]
                std::process::exit(128 + signal);
            }
        }
    });
}

/// Elsewhere the system's own way of stopping programs has to do.
#[cfg(not(unix))]
pub(crate) fn clean_up_when_stopped() {}
