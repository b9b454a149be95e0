package kern

// TTY is a placeholder.
type TTY struct{ Session, Foreground int }
