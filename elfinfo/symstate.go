package elfinfo

type symbolState struct{}
