"""How values show themselves: escaped for their destination, in one line, in a notebook."""
