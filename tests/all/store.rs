//! The store: writer, reader, migrations.
