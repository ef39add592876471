"""The certificate of one transfer (危险废物转移证明): what the evidence says, laid out on A4, drawn, and carrying its own evidence."""
