mod agreement;
mod contexts;
mod findings;
