//! `einmal completions` and `einmal man`: what a shell and a reader want to know of the command line.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Args as AllArgs;
use einmal::error::Error;

/// Write a shell's completions to standard output.
///
/// For bash: einmal completions bash > ~/.local/share/bash-completion/completions/einmal
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    shell: Shell,
}

impl CompletionsArgs {
    pub(super) fn page(&self) -> Vec<u8> {
        let mut page = Vec::new();
        clap_complete::generate(self.shell, &mut AllArgs::command(), "einmal", &mut page);
        page
    }
}

/// Write the manual page of einmal, or of one of its commands, to standard output.
///
/// To read it: einmal man dedup | man -l -
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The command; by default einmal itself.
    command: Option<String>,
}

impl ManArgs {
    /// The page of the command that is named.
    pub(super) fn page(&self) -> Result<Vec<u8>, Error> {
        let mut page = Vec::new();
        let mut einmal = AllArgs::command();
        einmal.build();
        let command = match &self.command {
            None => einmal,
            Some(name) => einmal.find_subcommand(name).cloned().ok_or_else(|| {
                Error::usage(format!("there is no command {name}")).with_hint("einmal --help names all commands")
            })?,
        };
        clap_mangen::Man::new(command).render(&mut page).expect("memory takes everything");
        Ok(page)
    }
}
