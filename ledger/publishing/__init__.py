"""Publishing: from committed entries to a signed, cosigned checkpoint that everybody can rely on."""
