//! The shell: terminal, channels, effects. The only place where the parts meet.
