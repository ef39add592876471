"""The certificate of one transfer (联单存证证明): what the evidence says, laid out on A4, drawn, and carrying its own evidence."""
