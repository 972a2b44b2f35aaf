mod agreement;
mod findings;
