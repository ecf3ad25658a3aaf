package incident

// together adds what the log of the other side says to a story.
func (g *Group) together(s *Story) {}
