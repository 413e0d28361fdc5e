//! The program as its users meet it: files in, a command, and its exact output, messages and exit code.

mod dumps;
mod harness;
mod layout;
mod traced;

mod archives;
mod boilerplate;
mod cleaning;
mod converted;
mod copies;
mod estimate;
mod exit_codes;
mod expiry;
mod explained;
mod files;
mod filter;
mod formats;
mod index;
mod interrupted;
mod large;
mod laws;
mod one_answer;
mod pipes;
mod records;
mod report;
mod restored;
mod rows;
mod samples;
mod summary;
mod tampered;
mod verified;
mod wrong_input;
