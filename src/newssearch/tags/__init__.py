"""What people say of articles: tags and notes, in a file of the archive, apart from all that is read from its inputs."""
