package dwarf

// Tag is the kind of a debugging information entry: DWARF 5 section 7.5.3.
type Tag uint16

// The tags that this package looks at.
const (
	TagArrayType             Tag = 0x01
	TagClassType             Tag = 0x02
	TagEnumerationType       Tag = 0x04
	TagFormalParameter       Tag = 0x05
	TagLexicalBlock          Tag = 0x0b
	TagMember                Tag = 0x0d
	TagPointerType           Tag = 0x0f
	TagReferenceType         Tag = 0x10
	TagCompileUnit           Tag = 0x11
	TagStringType            Tag = 0x12
	TagStructType            Tag = 0x13
	TagSubroutineType        Tag = 0x15
	TagTypedef               Tag = 0x16
	TagUnionType             Tag = 0x17
	TagUnspecifiedParameters Tag = 0x18
	TagVariant               Tag = 0x19
	TagInheritance           Tag = 0x1c
	TagInlinedSubroutine     Tag = 0x1d
	TagModule                Tag = 0x1e
	TagPtrToMemberType       Tag = 0x1f
	TagSubrangeType          Tag = 0x21
	TagBaseType              Tag = 0x24
	TagConstType             Tag = 0x26
	TagEnumerator            Tag = 0x28
	TagSubprogram            Tag = 0x2e
	TagTemplateTypeParam     Tag = 0x2f
	TagTemplateValueParam    Tag = 0x30
	TagVariantPart           Tag = 0x33
	TagVariable              Tag = 0x34
	TagVolatileType          Tag = 0x35
	TagRestrictType          Tag = 0x37
	TagInterfaceType         Tag = 0x38
	TagNamespace             Tag = 0x39
	TagUnspecifiedType       Tag = 0x3b
	TagPartialUnit           Tag = 0x3c
	TagTypeUnit              Tag = 0x41
	TagRvalueReferenceType   Tag = 0x42
	TagTemplateAlias         Tag = 0x43
	TagGenericSubrange       Tag = 0x45
	TagAtomicType            Tag = 0x47
	TagCallSite              Tag = 0x48
	TagCallSiteParameter     Tag = 0x49
	TagSkeletonUnit          Tag = 0x4a
	TagImmutableType         Tag = 0x4b
	TagGNUCallSite           Tag = 0x4109
	TagGNUCallSiteParameter  Tag = 0x410a
)

// At is an attribute's name: DWARF 5 section 7.5.4.
type At uint16

// The attributes that this package looks at.
const (
	AtSibling          At = 0x01
	AtLocation         At = 0x02
	AtName             At = 0x03
	AtByteSize         At = 0x0b
	AtBitOffset        At = 0x0c
	AtBitSize          At = 0x0d
	AtStmtList         At = 0x10
	AtLowPC            At = 0x11
	AtHighPC           At = 0x12
	AtLanguage         At = 0x13
	AtContainingType   At = 0x1d
	AtDiscr            At = 0x15
	AtDiscrValue       At = 0x16
	AtCompDir          At = 0x1b
	AtConstValue       At = 0x1c
	AtInline           At = 0x20
	AtLowerBound       At = 0x22
	AtProducer         At = 0x25
	AtPrototyped       At = 0x27
	AtUpperBound       At = 0x2f
	AtAbstractOrigin   At = 0x31
	AtArtificial       At = 0x34
	AtCount            At = 0x37
	AtDataMemberLoc    At = 0x38
	AtDeclFile         At = 0x3a
	AtDeclLine         At = 0x3b
	AtDeclaration      At = 0x3c
	AtDiscrList        At = 0x3d
	AtEncoding         At = 0x3e
	AtExternal         At = 0x3f
	AtFrameBase        At = 0x40
	AtSpecification    At = 0x47
	AtType             At = 0x49
	AtVirtuality       At = 0x4c
	AtEntryPC          At = 0x52
	AtExtension        At = 0x54
	AtRanges           At = 0x55
	AtCallColumn       At = 0x57
	AtCallFile         At = 0x58
	AtCallLine         At = 0x59
	AtObjectPointer    At = 0x64
	AtSignature        At = 0x69
	AtDataBitOffset    At = 0x6b
	AtEnumClass        At = 0x6d
	AtLinkageName      At = 0x6e
	AtStrOffsetsBase   At = 0x72
	AtAddrBase         At = 0x73
	AtRnglistsBase     At = 0x74
	AtDwoName          At = 0x76
	AtCallValue        At = 0x7e
	AtCallReturnPC     At = 0x7d
	AtNoreturn         At = 0x87
	AtLoclistsBase     At = 0x8c
	AtMIPSLinkageName  At = 0x2007
	AtGNUVector        At = 0x2107
	AtGNUCallSiteValue At = 0x2111
	AtGNUDwoName       At = 0x2130
	AtGNUDwoID         At = 0x2131
	AtGNURangesBase    At = 0x2132
	AtGNUAddrBase      At = 0x2133
)

// Unit types: DWARF 5 section 7.5.1.
const (
	utCompile      = 0x01
	utType         = 0x02
	utPartial      = 0x03
	utSkeleton     = 0x04
	utSplitCompile = 0x05
	utSplitType    = 0x06
)

// Encoding is a base type's: DWARF 5 section 7.8.
type Encoding uint8

// The encodings.
const (
	EncAddress      Encoding = 0x01
	EncBoolean      Encoding = 0x02
	EncComplex      Encoding = 0x03
	EncFloat        Encoding = 0x04
	EncSigned       Encoding = 0x05
	EncSignedChar   Encoding = 0x06
	EncUnsigned     Encoding = 0x07
	EncUnsignedChar Encoding = 0x08
	EncImaginary    Encoding = 0x09
	EncUTF          Encoding = 0x10
	EncUCS          Encoding = 0x11
	EncASCII        Encoding = 0x12
)

// Lang is a source language: DWARF 5 section 7.12, with what dwarfstd.org added.
type Lang uint16

// The languages that this package tells apart.
const (
	LangGo   Lang = 0x16
	LangRust Lang = 0x1c
)

// structTags reports the languages in which a struct's tag is not a type's name: C.
func (l Lang) structTags() bool {
	switch l {
	case 0x01, 0x02, 0x0c, 0x1d, 0x2c, 0x3e: // C89, C, C99, C11, C17, C23
		return true
	}
	return false
}

// lowerBound is where arrays start when nothing is said (DWARF 5, table 7.17).
func (l Lang) lowerBound() int64 {
	switch l {
	case 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0d, 0x0e, 0x0f, 0x18, 0x1f, 0x22, 0x23, 0x28:
		return 1 // Cobol, Fortran, Pascal, Modula, Ada, PL/I, Julia
	}
	return 0
}

// localClasses reports the languages whose functions hold classes with methods of their
// own, lambdas among them: C++.
func (l Lang) localClasses() bool {
	switch l {
	case 0x04, 0x1a, 0x21, 0x2b, 0x3a:
		return true
	}
	return false
}
